"""Judges of the stand-in that this project did not write, and a table of what they said.

`make standin-conformance` runs them. Other engines answer the same questions about the same events:
    sigma   rules in Sigma, through pySigma's SQLite backend, against searches in SPL and shipped detections
    sql     SQL for DuckDB, written from a question, against SPL for the same question
    addon   the suite that pytest-splunk-addon generates for the add-on in `addon/`, against `standin serve`
`mutation` (`make standin-mutation`) changes it and what is shipped, and tells what no test notices; `verify.py`
(`make verify-splunk`) asks a Splunk, the one that SPLUNK_HOST names. No real Splunk has been asked yet.
The engines run in an environment of their own (package/locks/conformance.txt), as `engine.py`.
Answers are compared as multisets of rows; a difference is one line with both sides.
"""
