"""Single sign-on by OpenID Connect: another server says who it is."""
