"""Any picture of digits -> pictures of 28x28 as MNIST made them: decoded, found, and brought into its form.

Nothing here knows the web, a network or what a digit means. OpenCV and Pillow are imported with the first picture that
is read, because a server starts without them.
"""
