"""A second step of the log-in: codes of an app, and recovery codes for the day it is gone."""
