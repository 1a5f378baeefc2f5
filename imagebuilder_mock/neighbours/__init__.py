"""The services around Image Builder: what is asked of them, and what they are told."""
