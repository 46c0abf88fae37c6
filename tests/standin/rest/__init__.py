"""The management API and the web port: one module per family of endpoints, Atom XML or JSON as asked.

Checked against what a real Splunk 10.4.2 answered, and by splunk-sdk 2.1.1 and Dashboard Studio's own data source.
What is not in a route table is refused. Known to be missing, beside whole endpoints: private objects and changed access
lists of any kind but saved searches, results before a job is done, `Link` headers below jobs, ETags, and every argument
of a job that shapes its execution but the time bounds.
"""
