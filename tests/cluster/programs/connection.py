"""A connection of the Python client that says the audit id of every answer, as kubectl does at a high verbosity."""

import sys
from typing import Any

from kubernetes import client, config


class TellingClient(client.ApiClient):  # type: ignore[misc]
    """Writes `Audit-Id: …` to standard error for every answer that has one."""

    def request(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        """Send a request as the client does."""
        try:
            answer = super().request(*arguments, **named)
        except client.ApiException as error:
            self._tell(error.headers or {})
            raise
        self._tell(answer.getheaders())
        return answer

    @staticmethod
    def _tell(headers: Any) -> None:  # noqa: ANN401
        if headers.get("Audit-Id"):
            sys.stderr.write(f"Audit-Id: {headers['Audit-Id']}\n")


def connect(kubeconfig: str) -> TellingClient:
    """Connect with a kubeconfig."""
    settings = client.Configuration()
    config.load_kube_config(config_file=kubeconfig, client_configuration=settings)
    return TellingClient(settings)
