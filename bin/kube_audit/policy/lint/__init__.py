"""Finding what is wrong with a policy, before and after the API server takes it.

    catalogue   all checks, and running them       finding    what a check gives
    loading     E01-E04, H01-H03 (flattened)       words      H04, H05, H13-H15, M07
    names       H06-H08
    shadow      H09, M10, T02                      gaps       H10-H12, H16, M02, M03, M08, M09
    secrets     S01-S05                            noise      M01, M04-M06, L01-L03
    style       T01, T03, T04                      flags      F01-F08, the API server's flags beside the policy
    edits, comments, fix                           render     text, JSON, SARIF

Checks ask the evaluator about requests built from a rule's own words (`witness`) wherever a claim can be shown by
one, instead of comparing words: order, groups, wildcards and catch-alls are then right by construction.
"""
