"""A real account as a state file: its resources are read, and nothing in it is changed.

``walking`` asks the service, ``resources`` asks EC2 and makes the domain's objects of the answers,
``masking`` hides account ids and names, and ``capturing`` puts it together.
"""
