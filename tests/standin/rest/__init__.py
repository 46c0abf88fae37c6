"""The management API and the web port: one module per family of endpoints, Atom XML or JSON as asked."""
