"""The endpoints, a blueprint each: requests in, answers out, everything else is an error."""
