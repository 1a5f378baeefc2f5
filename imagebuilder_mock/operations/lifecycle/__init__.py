"""Operations on lifecycle policies, on their executions, and on the state of an image."""
