"""The ground floor: settings, formats, connections, publishing. Knows no model and no web."""
