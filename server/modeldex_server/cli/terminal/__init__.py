"""How answers look: tables and cards that fit the terminal, JSON and CSV for programs."""
