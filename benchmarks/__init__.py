"""What blogsite costs, beside other generators and in parts. See README.md, which `report` writes."""
