"""A real account as a state file: its resources are read, and nothing in it is changed.

``walking`` asks the service and ``machine_images`` EC2, ``objects`` makes the domain's objects of
the answers, ``masking`` hides account ids and names, ``capturing`` puts it together.
"""
