"""Ids of the public catalogue that a recording of one API server cannot show, each with its reason."""

SIZES = {"A": 25, "B": 14, "C": 21, "D": 18, "E": 15, "F": 24, "G": 6, "N": 61}
IDS = tuple(f"{letter}{number:02d}" for letter, size in SIZES.items() for number in range(1, size + 1))

STATE = "needs weeks of what was normal before; the events themselves are those of"
REASONS = {
    "A10": "needs a list of addresses; any request from outside stands for it, as A11",
    "A12": "needs a list of known users; every attacker here is unknown to it",
    "A14": "needs the country of an address; documentation addresses have none",
    "A18": f"{STATE} C02",
    "A19": f"{STATE} B03",
    "A25": "shows in the cloud's own log, not in the API server's",
    "B11": "is an event object of a kubelet that pulls images; kwok pulls none",
    "B12": "is an event object of a kubelet that pulls images; N57 shows one that is invented",
    "B14": "needs Azure Arc's proxy; F21 and N02 show the impersonation",
    "C21": "needs other clouds' logs",
    "D13": "is a vendor's model without a rule",
    "D14": "needs process events of a node",
    "G05": "shows in the cloud's own log, not in the API server's",
    "G06": "shows in the cloud's own log, not in the API server's",
    "N24": "is the absence of events",
    "N26": "one machine has one clock; times are normalised as well",
    "N29": "every actor has an address of its own here, so that labels are certain",
    "N33": f"{STATE} any attack",
    "N34": f"{STATE} any attack",
    "N58": "needs several clusters",
    "N59": "is a sum over other detections",
}
