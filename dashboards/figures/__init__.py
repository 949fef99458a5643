"""Plotly figures, each a pure function of rows: no connection, no clock, no setting."""
