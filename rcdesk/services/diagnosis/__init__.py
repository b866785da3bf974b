"""What is wrong with this installation, and how to mend it: `rcdesk doctor`."""
