"""Labs: experiments on training, each with what to look for; what they train, and their pages."""
