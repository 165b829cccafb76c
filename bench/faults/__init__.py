"""What a portal at work keeps when its processes, servers, disks and clock fail under it."""
