"""Identity measured on labelled pairs, and what ajar why prints."""
