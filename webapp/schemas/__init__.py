"""What requests and answers look like: marshmallow schemas, each field with an example."""
