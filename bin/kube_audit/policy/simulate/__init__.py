"""Replaying a recorded log against a policy.

events     reading logs: lines, EventLists, gzip; only the fields that a policy decides by
tally      what each event would become, memoised by the shape of its request
report     the result for people and scripts, with what a log cannot show
"""
