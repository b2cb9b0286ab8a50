"""archive_tool: HyperStudy bundles into archives that an ethics board accepts."""
