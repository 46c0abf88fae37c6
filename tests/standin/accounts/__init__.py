"""Who may do what: users with their passwords, sessions, roles out of authorize.conf, stored secrets."""
