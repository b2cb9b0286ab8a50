"""The order of the stages, written once as code: :func:`gather` reads, :func:`create` archives."""
