"""moto as the cloud around Image Builder."""
