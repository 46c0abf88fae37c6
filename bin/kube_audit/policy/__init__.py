"""The Kubernetes audit policy: load, match, explain, lint, simulate, cover, generate.

`load` and `match` are the API server's own semantics, held by its recorded answers (tests/recorded/policy); the
forwarder's filter is the same engine. Imports run downwards:

    generate  coverage  simulate  explain  lint       what the commands do
    load  match  requestinfo  stages                  what the API server does
    values  document  schema  validate  model         text, tree, types

Nothing in the last two rows imports anything but the standard library and PyYAML, so that they run inside Splunk.
"""
