"""What must hold of requests, as the comments of the contract state it, before a servicer sees them."""
