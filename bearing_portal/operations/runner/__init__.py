"""Starting and ending the portal's processes."""
