#!/usr/bin/env bash
# Lint policies in a GitHub workflow: an environment of its own from hashed locks, a report for people, one as SARIF.
# Reads FILES, TARGET_VERSION, FAIL_ON, FLAGS, SARIF and PRODUCT (this repository) from its environment.
set -euo pipefail

environment=$(mktemp -d)
trap 'rm -rf "$environment"' EXIT
python3 -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
  -r "$PRODUCT/package/locks/policy.txt"

options=(--fail-on "$FAIL_ON")
[ -z "$TARGET_VERSION" ] || options+=(--target-version "$TARGET_VERSION")
[ -z "$FLAGS" ] || options+=(--flags "$FLAGS")
# Word splitting and patterns are what the input promises.
# shellcheck disable=SC2206
files=($FILES)
lint() { PYTHONPATH="$PRODUCT/bin" "$environment/bin/python" -c 'from kube_audit.cli import main; main()' policy lint "$@"; }

[ -z "$SARIF" ] || lint "${options[@]}" --format sarif --fail-on never "${files[@]}" > "$SARIF"
lint "${options[@]}" "${files[@]}"
