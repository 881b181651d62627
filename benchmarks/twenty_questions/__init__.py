"""Twenty questions to this repository and a folder of PDFs, asked as a user asks them."""
