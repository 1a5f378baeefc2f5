"""The services around Image Builder: one small port each, with moto behind it or nobody."""
