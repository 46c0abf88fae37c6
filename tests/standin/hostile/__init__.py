"""Whatever Splunk leaves open, done in another way, by a seed: `--hostile SEED`.

Its documentation promises no order among events of one time, or among rows that a sort finds equal; it splits a search
between indexers and a search head; it extracts the fields that a search names; it cuts subsearches; and what brings
the events sends some of them twice, or late. On one machine none of that shows. A search that is right gives the same
findings whatever is done here.

transport   events that come twice, or late             naming      fields that a search does not name
scans       events of one time, three indexers          mapreduce   the part of a search that indexers run, and merging

Exact here although approximate in Splunk: percentiles over more than 1,000 values, estdc.
"""

from standin.hostile.hostility import Hostility

__all__ = ["Hostility"]
