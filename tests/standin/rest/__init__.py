"""The management API and the web port: one module per family of endpoints, Atom XML or JSON as asked.

Checked against what a real Splunk 10.4.2 answered, and by splunk-sdk 2.1.1 and Dashboard Studio's own data source.
What is not in a route table is refused. Known to be missing, beside whole endpoints: objects private to a user (all is
written into an app's local folder), access lists changed over REST, results before a job is done, `Link` headers below
jobs, ETags, and every argument of a job that shapes its execution but the time bounds.
"""
