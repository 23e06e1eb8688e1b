"""Finding models at their sources, and keeping the catalogue as the sources say."""
