"""The MovieLens catalogue: fetch, verify and convert each edition to typed Parquet."""
