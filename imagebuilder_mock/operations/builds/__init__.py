"""Operations on images and on what their builds do and find."""
