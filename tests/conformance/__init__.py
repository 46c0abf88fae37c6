"""Judges of the stand-in that this project did not write, and a table of what they said.

`make standin-conformance` runs them (`__main__.py`), each by its short name:
    searches, conf, interfaces   what a real Splunk answered (`measured/`, recorded cases), sentence by sentence
    documentation                vectors of the unit tests that name a page of Splunk's, counted by page
    sigma                        rules in Sigma, through pySigma's SQLite backend, against searches and detections
    sql                          SQL for DuckDB, written from a question, against SPL for the same question
    addon                        the suite that pytest-splunk-addon generates for `addon/`, against `standin serve`
    dashboards                   Dashboard Studio's packages, drawing every dashboard from `standin serve`
    properties                   any text as SPL or conf, 10,000 cases each
    mutation-engine, -shipped    what no test notices (`mutation/`, `make standin-mutation`)
`verify.py` (`make verify-splunk`) asks a Splunk, the one that SPLUNK_HOST names. No real Splunk has been asked yet.
The engines run in an environment of their own (package/locks/conformance.txt), as `engine.py`.
Answers are compared as multisets of rows; a difference is one line with both sides. How disagreements were settled
stands in `settled.md`.
"""
