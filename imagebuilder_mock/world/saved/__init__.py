"""A world as a file: versioned JSON, read back by this version and by later ones.

``document`` says what is in it, ``codecs`` how values are written, ``files`` reads and writes.
"""
