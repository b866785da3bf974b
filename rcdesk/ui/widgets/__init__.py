"""Small widgets that the windows share."""
