"""The demo: from a recorded audit log to an alert on screen, through the app as it is packaged.

recorded log -> kube-audit forward -> stand-in (HEC, index, scheduled searches) -> alert action -> local receiver
"""
