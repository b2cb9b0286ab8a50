"""What is not here, and why.

counts        what is asked of the census: the shape of it
expected      rows that people leave because the design asks for them
completeness  what is here per type, what is missing, and the usual reason
absence       why somebody has no rows of a type
unchecked     what nothing was found about because nothing could be
"""
