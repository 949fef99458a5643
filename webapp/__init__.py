"""The serving API: Flask and flask-smorest over the serving bundle."""
