"""The serving API beside its own floor and beside FastAPI, under the same load."""
