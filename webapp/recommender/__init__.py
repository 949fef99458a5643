"""Every answer of the API, computed from one bundle: no Flask, no store, no clock."""
