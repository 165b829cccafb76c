"""The interface for machines: `/api/v1/`, on the selectors and services that the pages use."""
