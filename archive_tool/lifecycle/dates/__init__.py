"""Until when archives are kept, and what keeps them longer.

due        what of an archive is due on a day
terms      dates are changed
holds      what must not be destroyed until it is released
deferred   erasures that wait for the release of a hold
releasing  the release, and of what waited for it
"""
