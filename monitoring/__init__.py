"""What the system is doing: jobs, events, notices, probes, sockets."""
